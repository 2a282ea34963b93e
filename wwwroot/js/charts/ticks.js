// Ranges and ticks: few, round, and the axis ends on one, as people draw it.
import { tickLabel } from './numbers.js';

const roundStep = rough => {
  const power = 10 ** Math.floor(Math.log10(rough));
  const share = rough / power;
  return (share <= 1.0001 ? 1 : share <= 2.0001 ? 2 : share <= 2.5001 ? 2.5 : share <= 5.0001 ? 5 : 10) * power;
};

export function linear(low, high, most, format, { endsOnTick = true, from = null, to = null } = {}) {
  if (!(high > low)) {
    const about = Math.abs(low) || 1;
    low -= about * .1;
    high += about * .1;
  }
  let step = roundStep((high - low) / Math.max(1, most));
  if (format === 'count') step = step <= 1 ? 1 : step === 2.5 ? 5 : step; // there is no half layer
  const start = from ?? (endsOnTick ? Math.floor(low / step + 1e-9) * step : low);
  const end = to ?? (endsOnTick ? Math.ceil(high / step - 1e-9) * step : high);
  const values = [];
  for (let i = Math.ceil(start / step - 1e-9); i * step <= end + step * 1e-9; i++) values.push(i * step);
  return { range: [start, end], values, texts: values.map(v => tickLabel(v, step, format)) };
}

// powers of ten, and the end itself where it says something (how many there are in all)
export function logarithmic(low, high, last) {
  const values = [];
  for (let p = Math.ceil(Math.log10(low) - 1e-9); 10 ** p <= high * 1.0001; p++) values.push(10 ** p);
  if (last && values.length && last / values.at(-1) > 2.5) values.push(last);
  return { range: [Math.log10(low), Math.log10(high)], values, texts: values.map(v => tickLabel(v, v < 1 ? v : 1, 'count')) };
}
