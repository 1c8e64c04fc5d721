import { setTimeout as pause } from "node:timers/promises";
import { batches } from "./batches";

interface JobContext {
  parameters: Record<string, unknown>;
  logger: { info(message: string, details?: object): void };
}

/** Posts `parameters.rows` to `parameters.url`; a batch is tried five times before the job fails. */
export async function handler(context: JobContext) {
  const { url, rows, batchSize } = context.parameters as { url: string; rows: object[]; batchSize?: number };
  let sent = 0;
  for (const batch of batches(rows, batchSize ?? 500)) {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json", "idempotency-key": batch.key },
          body: JSON.stringify({ rows: batch.rows }),
          signal: AbortSignal.timeout(10_000),
        });
        if (response.ok) break;
        throw new Error(`${url} answered ${response.status}`);
      } catch (error) {
        if (attempt === 5) throw error;
        context.logger.info("again", { attempt, error: String(error) });
        await pause(200 * 2 ** attempt);
      }
    }
    sent += batch.rows.length;
  }
  return { status: "succeeded", result: { sent } };
}
