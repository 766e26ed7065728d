/** @file The markers of a JPEG file (ITU-T T.81, Annex B): how many colours it has, and whether its data reach to its end. */

const startOfImage = 0xd8;
const endOfImage = 0xd9;
const startOfScan = 0xda;
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;
/** Start of frame: C0 to CF without DHT, JPG and DAC. */
const isFrame = (marker: number) =>
  (marker & 0xf0) === 0xc0 && ![0xc4, 0xc8, 0xcc].includes(marker);

interface Segment {
  readonly marker: number;
  /** Where the bytes after the marker begin. */
  readonly start: number;
}

/** The next marker at or after `from`. Bytes that are none are skipped, as decoders do. */
function nextMarker(bytes: Uint8Array, from: number): Segment | undefined {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0 && at + 1 < bytes.length) {
    const marker = bytes[at + 1]!;
    if (marker !== 0 && marker !== 0xff) return { marker, start: at + 2 };
    at = bytes.indexOf(0xff, at + 1);
  }
  return undefined;
}

/** Where what follows the marker segment begins. A length reaches over its own two bytes. */
const afterSegment = (bytes: Uint8Array, { start }: Segment) =>
  start + Math.max(2, ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0));

/** The number of components: 1 is grey, 3 colour, 4 CMYK. Undefined if there is no frame before the first scan. */
export function jpegComponents(bytes: Uint8Array): number | undefined {
  let at = 2;
  for (;;) {
    const segment = nextMarker(bytes, at);
    if (segment === undefined || segment.marker === startOfScan) return undefined;
    if (isFrame(segment.marker)) return bytes[segment.start + 7];
    const alone = segment.marker === startOfImage || isRestart(segment.marker);
    at = alone ? segment.start : afterSegment(bytes, segment);
  }
}

/** Bits that no decoder takes for the end. Any table of codes makes some coefficients of them. */
const continuation = Uint8Array.from({ length: 64 }, (_, i) => (37 * i + 90) % 251);

/**
 * The file with some more data at the end of each run of pixel data: before each restart marker, and before the
 * marker that follows a scan.
 *
 * A decoder that has all data of its pixels skips what is left over and draws the same picture. One that has run out
 * goes on with these data, where otherwise it would draw grey: the picture is another. So a file is cut short if and
 * only if its picture changes. This needs no decoder of our own, and it holds for every kind of JPEG.
 */
export function continued(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let kept = 0;
  let at = 2;
  let inScan = false;
  for (;;) {
    const segment = nextMarker(bytes, at);
    if (inScan) {
      const end = segment === undefined ? bytes.length : segment.start - 2;
      parts.push(bytes.subarray(kept, end), continuation);
      kept = end;
    }
    if (segment === undefined || segment.marker === endOfImage) break;
    const alone = segment.marker === startOfImage || isRestart(segment.marker);
    at = alone ? segment.start : afterSegment(bytes, segment);
    inScan = segment.marker === startOfScan || (inScan && isRestart(segment.marker));
  }
  parts.push(bytes.subarray(kept));
  return Buffer.concat(parts);
}
