// "12 min ago" goes on counting by itself. The words are those of the server (Shell/Times.cs).
function span(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 3570) return `${Math.round(seconds / 60)} min`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`;
}

function ago(seconds) {
  if (seconds < 10) return 'just now';
  if (seconds < 86_400) return `${span(seconds)} ago`;
  return seconds < 172_800 ? 'yesterday' : `${Math.floor(seconds / 86_400)} days ago`;
}

function refresh() {
  for (const time of document.querySelectorAll('time[data-ago]')) {
    // the text node belongs to the page's renderer: change its words, never replace it
    const words = [...time.childNodes].find(node => node.nodeType === Node.TEXT_NODE);
    const now = ago((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (words && words.data !== now) words.data = now;
  }
}

export function start() {
  setInterval(refresh, 5000);
}
