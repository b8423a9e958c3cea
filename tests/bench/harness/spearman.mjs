// Spearman's rank correlation.

/** The correlation of the ranks of `a` and `b`; equal values share the mean of their ranks. */
export function spearman(a, b) {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (x.length - 1) / 2;
  const sum = (u, v) => u.reduce((total, value, idx) => total + (value - mean) * (v[idx] - mean), 0);
  return sum(x, y) / Math.sqrt(sum(x, x) * sum(y, y));
}

function ranks(values) {
  const order = values.map((_, idx) => idx).sort((a, b) => values[a] - values[b]);
  const found = [];
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]] === values[order[start]]) end += 1;
    for (let place = start; place < end; place += 1) found[order[place]] = (start + end - 1) / 2;
    start = end;
  }
  return found;
}
