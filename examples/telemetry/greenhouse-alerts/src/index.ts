interface JobContext {
  parameters: Record<string, unknown>;
  logger: { info(message: string, details?: object): void };
}

interface Limit {
  min?: number;
  max?: number;
  forMinutes: number;
}

interface Reading {
  house: string;
  metric: string;
  at: number;
  value: number;
}

interface Alert {
  house: string;
  metric: string;
  from: number;
  worst: number;
}

/** One alert per house and metric for each time that a limit was left for at least `forMinutes`. */
export async function handler(context: JobContext) {
  const limits = (context.parameters.limits ?? {}) as Record<string, Limit>;
  const readings = [...((context.parameters.readings ?? []) as Reading[])].sort((a, b) => a.at - b.at);
  const open = new Map<string, Alert & { raised: boolean }>();
  const alerts: Alert[] = [];
  for (const { house, metric, at, value } of readings) {
    const limit = limits[metric];
    if (!limit) continue;
    const key = JSON.stringify([house, metric]);
    const excess = Math.max(value - (limit.max ?? Infinity), (limit.min ?? -Infinity) - value);
    if (excess <= 0) {
      open.delete(key);
      continue;
    }
    const episode = open.get(key) ?? { house, metric, from: at, worst: value, raised: false };
    const before = Math.max(episode.worst - (limit.max ?? Infinity), (limit.min ?? -Infinity) - episode.worst);
    if (excess > before) episode.worst = value;
    open.set(key, episode);
    if (!episode.raised && at - episode.from >= limit.forMinutes * 60_000) {
      episode.raised = true;
      alerts.push({ house, metric, from: episode.from, worst: episode.worst });
    }
  }
  context.logger.info("checked", { readings: readings.length, alerts: alerts.length });
  return { status: "succeeded", result: { alerts } };
}
