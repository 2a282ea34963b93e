// Numbers in charts, written as in the tables: U+2212, thousands commas, no leading zero where the lab writes none.
const group = text => text.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

export function fixed(value, places) {
  const [whole, rest] = Math.abs(value).toFixed(places).split('.');
  const text = group(whole) + (rest ? `.${rest}` : '');
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

const bare = text => text.replace(/^(−?)0\./, '$1.');

function power(value) {
  const [mantissa, exponent] = value.toExponential(3).split('e');
  return `${Number(mantissa)}e${Number(exponent)}`.replace('-', '−').replace('e−', 'e-');
}

// as many places as tell neighbouring ticks apart
function placesOf(step) {
  for (let places = 0; places < 8; places++)
    if (Math.abs(step * 10 ** places - Math.round(step * 10 ** places)) < 1e-6) return places;
  return 8;
}

// a tick's label, given the distance between ticks
export function tickLabel(value, step, format) {
  if (Math.abs(value) < Math.abs(step) * 1e-9) return format === 'percent' ? '0 %' : '0';
  if (format === 'percent') return `${fixed(value * 100, placesOf(step * 100))} %`;
  if (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e7) return power(value);
  const text = fixed(value, placesOf(step));
  return format === 'fraction' || Math.abs(step) < .5 && Math.abs(value) < 1 ? bare(text) : text;
}

// a value on hover
export function valueLabel(value, format) {
  if (value === null || !Number.isFinite(value)) return 'not a number';
  if (format === 'percent') return `${fixed(value * 100, 1)} %`;
  if (format === 'count') return fixed(value, 0);
  if (format === 'fraction') return bare(fixed(value, 3));
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size < 1e-3 || size >= 1e7) return power(value);
  return size < 1 ? bare(fixed(value, 4)) : fixed(value, size < 100 ? 3 : size < 1000 ? 1 : 0);
}
