// Draw the API's description from our own copy of Swagger UI.
const place = document.getElementById("api-docs");
window.SwaggerUIBundle({ url: place.dataset.openapi, domNode: place, deepLinking: false, supportedSubmitMethods: ["get"] });
