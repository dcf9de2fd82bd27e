// Sets the chosen light or dark theme before the first paint; without a choice the device decides.
(function () {
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (error) {
    // storage may be forbidden: the device's own setting then holds
  }
})();
