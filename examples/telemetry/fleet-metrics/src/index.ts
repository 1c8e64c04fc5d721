import { byWindow, summarize, type Sample, type Summary } from "../../shared/series";

interface JobContext {
  parameters: Record<string, unknown>;
  logger: { info(message: string, details?: object): void };
}

interface Point extends Sample {
  vehicle: string;
  metric: string;
}

const quarterHour = 15 * 60 * 1000;

/** Summarizes `parameters.points` per vehicle, metric and window of `parameters.windowMs`. */
export async function handler(context: JobContext) {
  const points = (context.parameters.points ?? []) as Point[];
  const width = Number(context.parameters.windowMs ?? quarterHour);
  const series = new Map<string, Point[]>();
  for (const point of points) {
    const key = JSON.stringify([point.vehicle, point.metric]);
    series.set(key, [...(series.get(key) ?? []), point]);
  }
  const windows: ({ vehicle: string; metric: string; start: number } & Summary)[] = [];
  for (const key of [...series.keys()].sort()) {
    const [vehicle, metric] = JSON.parse(key) as [string, string];
    for (const [start, samples] of byWindow(series.get(key) ?? [], width)) {
      const summary = summarize(samples);
      if (summary) windows.push({ vehicle, metric, start, ...summary });
    }
  }
  context.logger.info("rolled up", { points: points.length, windows: windows.length });
  return { status: "succeeded", result: { windows } };
}
