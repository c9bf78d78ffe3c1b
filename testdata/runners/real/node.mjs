// Applies migrations with the tools of npm. It reads requests from standard
// input and writes answers, one JSON object per line each, so that one process
// serves all tests.
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import pg from "pg";
import { runner } from "node-pg-migrate";
import * as drizzle0 from "drizzle-orm/node-postgres";
import * as drizzle0Migrator from "drizzle-orm/node-postgres/migrator";
import * as drizzle1 from "drizzle-orm-1/node-postgres";
import * as drizzle1Migrator from "drizzle-orm-1/node-postgres/migrator";
import graphile from "graphile-migrate";
import { Logger } from "@graphile/logger";

const tools = {
  async "node-pg-migrate"({ dir, dsn, direction }, files) {
    const pairs = readdirSync(dir).some((name) => name.endsWith(".up.sql"));
    const info = (line) => {
      const name = /^### MIGRATION (.*) \((UP|DOWN)\) ###$/.exec(line)?.[1];
      if (name) files.push(existsSync(`${dir}/${name}.sql`) ? `${name}.sql` : `${name}.${direction}.sql`);
    };
    await runner({
      databaseUrl: dsn,
      dir,
      direction,
      migrationsTable: "pgmigrations",
      singleTransaction: true,
      ...(pairs && { migrationLoaderStrategies: [{ extensions: [".sql"], loader: "sql" }] }),
      ...(direction === "down" && { count: 1 }),
      logger: { info, debug() {}, warn() {}, error() {} },
    });
  },

  async drizzle({ dir, dsn, direction }, files) {
    if (direction === "down") return;
    const flat = existsSync(`${dir}/meta/_journal.json`);
    const names = readdirSync(dir, { recursive: true }).filter((name) => name.endsWith(".sql"));
    const texts = names.map((name) => [name, readFileSync(`${dir}/${name}`, "utf8")]);
    const logQuery = (query) => {
      const of = query.trim() && texts.find(([name, text]) => text.includes(query) && !files.includes(name));
      if (of) files.push(of[0]);
    };
    const client = new pg.Client({ connectionString: dsn });
    await client.connect();
    try {
      const [{ drizzle }, { migrate }] = flat ? [drizzle0, drizzle0Migrator] : [drizzle1, drizzle1Migrator];
      const db = flat ? drizzle(client, { logger: { logQuery } }) : drizzle({ client, logger: { logQuery } });
      await migrate(db, { migrationsFolder: dir });
    } finally {
      await client.end();
    }
  },

  async "graphile-migrate"({ dir, dsn, direction }, files) {
    if (direction === "down") return;
    const current = existsSync(`${dir}/current.sql`)
      ? ["current.sql"]
      : existsSync(`${dir}/current`)
        ? readdirSync(`${dir}/current`).sort((a, b) => parseInt(a) - parseInt(b)).map((name) => `current/${name}`)
        : [];
    const logger = new Logger(() => (_level, message) => {
      const started = /: Running migration '([^']*)'/.exec(message);
      if (started) files.push(`committed/${started[1]}`);
      if (/Running current\.sql$/.test(message)) files.push(...current);
      if (/current\.sql unchanged/.test(message)) files.splice(-current.length);
    });
    const settings = { connectionString: dsn, shadowConnectionString: dsn, migrationsFolder: dir, logger };
    try {
      await graphile.migrate(settings);
      if (current.length) await graphile.watch(settings, true);
    } catch (error) {
      const refused = /^(?:Hash|Invalid hash allowed) for ([^ ;]+)/.exec(error.message);
      if (refused) files.push(`committed/${refused[1]}`);
      const inCurrent = /^Error in '.*\/(current\/[^']*)'/.exec(error.message);
      if (inCurrent) files.push(inCurrent[1]);
      throw error;
    }
  },
};

// A test drops its database while graphile-migrate keeps a connection for a while,
// whose error ends the process.
process.exit = () => {};
process.on("uncaughtException", (error) => {
  if (error.code !== "57P01" && !/Connection terminated/.test(error.message)) console.error(error);
});

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const answer = { id: request.id, files: [] };
  tools[request.tool](request, answer.files)
    .catch((error) => {
      const code = error.code ?? error.cause?.code;
      answer.error = /^[0-9A-Z]{5}$/.test(code ?? "") ? `${error.message} (${code})` : String(error.message);
    })
    .finally(() => process.stdout.write(JSON.stringify(answer) + "\n"));
}
