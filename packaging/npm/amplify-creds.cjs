#!/usr/bin/env node
// Runs the program, which is in the optional dependency for this platform.
"use strict";

const { spawn } = require("node:child_process");
const { closeSync, openSync } = require("node:fs");
const os = require("node:os");
const { version, optionalDependencies } = require("../package.json");

const SCOPE = "@amplify-creds/";
const windows = process.platform === "win32";
// Shells and env(1) use these statuses for a command that is missing or cannot be executed.
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

// The terminal also sends these to the program. Many programs clean up after the first one and abort after a second.
const TERMINAL_SIGNALS = windows ? ["SIGINT", "SIGBREAK", "SIGHUP"] : ["SIGINT", "SIGQUIT"];
const FORWARDED_SIGNALS = windows ? [] : ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"];

function fail(status, ...lines) {
  console.error(`amplify-creds: ${lines.join("\n  hint: ")}`);
  process.exitCode = status;
}

function findProgram() {
  const platform = `${process.platform}-${process.arch}`;
  const platformPackage = SCOPE + platform;
  if (!Object.hasOwn(optionalDependencies, platformPackage)) {
    const supported = Object.keys(optionalDependencies).map((name) => name.slice(SCOPE.length));
    fail(
      NOT_FOUND,
      `the npm package does not support ${platform} (supported: ${supported.join(", ")})`,
      "build the program with Rust: cargo install --locked amplify-creds",
    );
    return undefined;
  }
  try {
    return require.resolve(`${platformPackage}/bin/amplify-creds${windows ? ".exe" : ""}`);
  } catch {
    fail(
      NOT_FOUND,
      `package ${platformPackage} is not installed, which contains the program for this platform`,
      `install it: npm install --include=optional amplify-creds@${version} (with -g if it is global)`,
      "with pnpm: pnpm install; with Yarn 1: yarn install --force",
      "if node_modules or the lock file is from another platform, delete both before you install",
    );
    return undefined;
  }
}

function hasTerminal() {
  try {
    closeSync(openSync("/dev/tty"));
    return true;
  } catch {
    return false;
  }
}

function run(program) {
  let child;
  // Node calls the handlers only after `spawn` has returned.
  for (const signal of TERMINAL_SIGNALS) {
    process.on(signal, () => windows || hasTerminal() || child.kill(signal));
  }
  for (const signal of FORWARDED_SIGNALS) process.on(signal, () => child.kill(signal));

  child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
  child.on("error", (error) => fail(NOT_EXECUTABLE, `cannot execute ${program}: ${error.code}`));
  child.on("exit", (status, signal) => {
    if (signal === null) {
      process.exitCode = status;
      return;
    }
    // Node ignores SIGPIPE, and then exits with the status that a shell shows for the signal.
    process.exitCode = 128 + os.constants.signals[signal];
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

const program = findProgram();
if (program !== undefined) run(program);
