"""Files made of strategies: for people to download, and what is read out of files that they bring."""
