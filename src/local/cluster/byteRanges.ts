/** A part of a file. Both ends are inclusive, as in a `Content-Range` header. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * The missing ranges of a file.
 *
 * An empty file always misses "byte 0", as in the image store's own source: the session of an empty file can't be committed over HTTP.
 *
 * @param received - sorted, without overlaps
 * @see UploadSessionMetadata.cpp of microsoft/service-fabric, GetNextExpectedRanges
 */
export function missingRanges(received: readonly ByteRange[], fileSizeBytes: number): ByteRange[] {
  if (fileSizeBytes === 0) return [{ start: 0, end: 0 }];
  const missing: ByteRange[] = [];
  let next = 0;
  for (const range of received) {
    if (range.start > next) missing.push({ start: next, end: range.start - 1 });
    next = range.end + 1;
  }
  if (next < fileSizeBytes) missing.push({ start: next, end: fileSizeBytes - 1 });
  return missing;
}

const CONTENT_RANGE = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/;

/**
 * Reads `bytes {first}-{last}/{fileSize}`. For an empty file, only `bytes 0-0/0` is valid.
 *
 * The real gateway also accepts a range without its unit, one that ends one byte after the file, and a missing header (as `0-0/0`). No
 * client should rely on these, so they are rejected here.
 *
 * @returns `undefined` if it is not such a range
 */
export function parseContentRange(header: string | undefined): (ByteRange & { fileSizeBytes: number }) | undefined {
  const match = CONTENT_RANGE.exec(header ?? '');
  if (!match) return undefined;
  const [start, end, fileSizeBytes] = match.slice(1).map(Number) as [number, number, number];
  if (![start, end, fileSizeBytes].every(Number.isSafeInteger) || start > end) return undefined;
  const inside = fileSizeBytes === 0 ? end === 0 : end < fileSizeBytes;
  return inside ? { start, end, fileSizeBytes } : undefined;
}

/** The number of bytes in a chunk with this range. */
export function rangeBytes(range: ByteRange, fileSizeBytes: number): number {
  return fileSizeBytes === 0 ? 0 : range.end - range.start + 1;
}
