/** The build for browsers has no types of its own; `FaceApi` of @mvt/faces/portable has those of what is used. */
declare module "@vladmandic/face-api/dist/face-api.esm.js";
