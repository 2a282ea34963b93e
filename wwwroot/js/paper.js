// The paper's figures as files: one as SVG or PNG, or all as SVG in a zip with the tables and captions that the server wrote.
import { pngOf, svgOf } from './charts/print.js';
import { saveBlob } from './files.js';
import { zip } from './zip.js';

export async function save(picture, name, format) {
  saveBlob(`${name}.${format}`, format === 'png' ? await pngOf(picture) : new Blob([await svgOf(picture)], { type: 'image/svg+xml' }));
}

export async function saveAll(name, pictures, files) {
  const drawn = [];
  for (const picture of pictures) drawn.push({ name: `${picture.name}.svg`, text: await svgOf(picture) });
  saveBlob(`${name}.zip`, zip([...drawn, ...files]));
}
