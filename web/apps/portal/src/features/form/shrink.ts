const LARGE_BYTES = 2_000_000;
const MOST_PIXELS = 2560;
const QUALITY = 0.85;

/**
 * Makes a large photo small enough for a mobile network; a photo of 12 megapixels becomes about 1 MB.
 *
 * What the browser cannot read, or what would not become smaller, stays as it is: the city judges it.
 */
export async function shrinkPhoto(file: File): Promise<{ blob: Blob; name: string }> {
  const untouched = { blob: file, name: file.name };
  if (!file.type.startsWith("image/") || (file.size < LARGE_BYTES && !/hei[cf]/.test(file.type))) return untouched;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, MOST_PIXELS / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!blob || blob.size >= file.size) return untouched;
    return { blob, name: file.name.replace(/\.[^.]*$/, "") + ".jpg" };
  } catch {
    return untouched;
  }
}
