import { render } from "./render";
import { publish } from "./publish";

interface JobContext {
  parameters: Record<string, unknown>;
  logger: { info(message: string, details?: object): void };
}

/** Publishes the report of `parameters.month`. */
export async function handler(context: JobContext) {
  const { month, figures } = context.parameters as { month: string; figures: Record<string, number> };
  const url = await publish(`report-${month}.md`, render(month, figures));
  context.logger.info("published", { url });
  return { status: "succeeded", result: { url } };
}
