// A zip of a few files, stored as they are (APPNOTE.TXT, section 4.3): local headers, the files, the directory, its end.
const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xEDB88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

function fields(layout) {
  const view = new DataView(new ArrayBuffer(layout.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of layout) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

// files: [{ name, text }]
export function zip(files, now = new Date()) {
  const time = now.getHours() << 11 | now.getMinutes() << 5 | now.getSeconds() >> 1;
  const date = (now.getFullYear() - 1980) << 9 | (now.getMonth() + 1) << 5 | now.getDate();
  const utf8 = new TextEncoder();
  const parts = [], directory = [];
  let offset = 0;
  for (const file of files) {
    const name = utf8.encode(file.name), bytes = utf8.encode(file.text);
    // version, flags (names in UTF-8), stored, time, date, checksum, sizes, length of the name, no extra field
    const common = [[2, 20], [2, 0x800], [2, 0], [2, time], [2, date], [4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, name.length], [2, 0]];
    const header = fields([[4, 0x04034b50], ...common]);
    parts.push(header, name, bytes);
    directory.push(fields([[4, 0x02014b50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]), name);
    offset += header.length + name.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  return new Blob([...parts, ...directory, fields([[4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, offset], [2, 0]])], { type: 'application/zip' });
}
