import { readFile } from "node:fs/promises";
import { parseCsv } from "./csv";

interface JobContext {
  parameters: Record<string, unknown>;
  logger: { info(message: string, details?: object): void };
}

type Cell = string | number | null;

/** Loads `parameters.path` or `parameters.text`; columns named in `parameters.numeric` become numbers. */
export async function handler(context: JobContext) {
  const { path, text, numeric } = context.parameters as { path?: string; text?: string; numeric?: string[] };
  const source = text ?? (path ? await readFile(path, "utf8") : "");
  const [header = [], ...records] = parseCsv(source);
  const isNumeric = new Set(numeric ?? []);
  const problems: string[] = [];
  const rows = records.map((record, index) => {
    if (record.length !== header.length) {
      problems.push(`record ${index + 1}: ${record.length} fields instead of ${header.length}`);
    }
    const row: Record<string, Cell> = {};
    header.forEach((name, column) => {
      const raw = record[column] ?? "";
      if (raw === "") row[name] = null;
      else if (!isNumeric.has(name)) row[name] = raw;
      else {
        const value = Number(raw);
        row[name] = Number.isFinite(value) ? value : null;
        if (row[name] === null) problems.push(`record ${index + 1}: ${name} "${raw}" is not a number`);
      }
    });
    return row;
  });
  context.logger.info("loaded", { rows: rows.length, problems: problems.length });
  return { status: problems.length === 0 ? "succeeded" : "partial", result: { header, rows, problems } };
}
