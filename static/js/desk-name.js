// input[data-desk-name]: takes the name that this browser's desk was given on the page of the desk.
const kept = localStorage.getItem("desk-name");
if (kept) for (const field of document.querySelectorAll("input[data-desk-name]")) field.value = kept;
