/** A measured value; `at` is in milliseconds since 1970. */
export interface Sample {
  at: number;
  value: number;
}

export interface Summary {
  count: number;
  min: number;
  max: number;
  mean: number;
  p95: number;
}

/** Five numbers about a series; null when it is empty. */
export function summarize(samples: readonly Sample[]): Summary | null {
  if (samples.length === 0) return null;
  const values = samples.map((s) => s.value).sort((a, b) => a - b);
  const sum = values.reduce((a, b) => a + b, 0);
  const rank = Math.ceil(0.95 * values.length) - 1;
  return { count: values.length, min: values[0], max: values[values.length - 1], mean: sum / values.length, p95: values[rank] };
}

/** Groups samples by the start of their window. */
export function byWindow(samples: readonly Sample[], width: number): Map<number, Sample[]> {
  const out = new Map<number, Sample[]>();
  for (const sample of samples) {
    const start = Math.floor(sample.at / width) * width;
    const window = out.get(start);
    if (window) window.push(sample);
    else out.set(start, [sample]);
  }
  return out;
}
