// Reads QR codes from the camera: by the browser's own detector, else by the `qr` package, which needs neither eval nor a network.
async function detector(source) {
  if ("BarcodeDetector" in window && (await window.BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const own = new window.BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await own.detect(video))[0]?.rawValue ?? "";
  }
  const { decodeQR } = await import(source);
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, 720 / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(pen.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      return ""; // no code in this picture
    }
  };
}

// Shows the camera in `video` and calls `found` with each code once; returns how to stop.
export async function watch(video, source, found) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  const read = await detector(source);
  video.srcObject = stream;
  await video.play();
  let running = true;
  let last = "";
  let lastAt = 0;
  const look = async () => {
    if (!running) return;
    const text = video.readyState >= 2 ? await read(video).catch(() => "") : "";
    // A badge held before the camera is one scan; the same badge shown again after a while is another.
    if (text && (text !== last || Date.now() - lastAt > 4000)) found(text);
    if (text) [last, lastAt] = [text, Date.now()];
    setTimeout(look, 120);
  };
  look();
  return () => {
    running = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}
