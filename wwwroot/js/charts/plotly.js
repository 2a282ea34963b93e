// Plotly comes with the Plotly.Blazor package. The small build draws lines, marks and bars; the whole one adds WebGL.
// It is asked for when the first chart is on a page, never before the first paint.
const builds = {
  basic: '_content/Plotly.Blazor/plotly-basic-3.7.0.min.js',
  whole: '_content/Plotly.Blazor/plotly-3.7.0.min.js',
};
const loads = new Map();

export function plotly(build = 'basic') {
  if (build === 'basic' && loads.has('whole')) build = 'whole';
  if (!loads.has(build)) loads.set(build, load(builds[build]));
  return loads.get(build);
}

function load(path) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = new URL(path, document.baseURI).href;
    // each build is kept by whoever drew with it, so that a second one does not pull the first from under its charts
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error(`The chart library did not load from ${script.src}.`));
    document.head.append(script);
  });
}
