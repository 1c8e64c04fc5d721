import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { normalName } from "./names";

interface JobContext {
  parameters: Record<string, unknown>;
  logger: { info(message: string, details?: object): void };
}

/** Moves every file of `parameters.inbox` to `parameters.outbox` under its normal name, text with \n line ends. */
export async function handler(context: JobContext) {
  const { inbox, outbox } = context.parameters as { inbox: string; outbox: string };
  await mkdir(outbox, { recursive: true });
  const taken = new Set(await readdir(outbox));
  const moved: { from: string; to: string }[] = [];
  const entries = (await readdir(inbox, { withFileTypes: true })).filter((entry) => entry.isFile());
  for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const wanted = normalName(name);
    let to = wanted;
    for (let n = 2; taken.has(to); n++) to = wanted.replace(/(\.[^.]*)?$/, (end) => `-${n}${end}`);
    taken.add(to);
    const bytes = await readFile(join(inbox, name));
    const isText = !bytes.includes(0);
    await writeFile(join(outbox, to), isText ? bytes.toString("utf8").replace(/\r\n?/g, "\n") : bytes, { flag: "wx" });
    await rm(join(inbox, name));
    moved.push({ from: name, to });
  }
  context.logger.info("normalized", { files: moved.length });
  return { status: "succeeded", result: { moved } };
}
