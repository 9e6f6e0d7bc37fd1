import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The paths of the unix sockets on which a process listens, as it named them; Linux alone tells, elsewhere none. */
export function unixListenersOf(pid: number): string[] {
  if (process.platform !== "linux") return [];
  const sockets = socketsOf(pid);
  return readFileSync("/proc/net/unix", "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , , flags, , , inode = ""]) => flags === ACCEPTS && sockets.has(inode))
    .map(([, , , , , , , path = ""]) => path);
}

const ACCEPTS = "00010000";

/** The addresses on which processes listen for TCP or take UDP, as the system tells: `127.0.0.1:8080`. */
export function listenersOf(pids: readonly number[]): string[] {
  return process.platform === "linux" ? pids.flatMap(fromProc) : fromLsof(pids);
}

function fromProc(pid: number): string[] {
  const sockets = socketsOf(pid);
  return ["tcp", "tcp6", "udp", "udp6"].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((row) => row.trim().split(/\s+/))
      .filter(
        ([, , , state, , , , , , inode = ""]) =>
          (state === LISTEN || state === UNCONNECTED) && sockets.has(inode),
      )
      .map(([, local = ""]) => readAddress(local)),
  );
}

const LISTEN = "0A";
/** A socket of UDP that takes what comes; one of TCP is never so. */
const UNCONNECTED = "07";

/** The sockets that a process has open, by inode. */
function socketsOf(pid: number): Set<string> {
  return new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode === undefined ? [] : [inode];
    }),
  );
}

/** `0100007F:1F90`, its bytes from last to first, is 127.0.0.1:8080; one of IPv6 is left as it is. */
function readAddress(text: string): string {
  const [address = "", port = ""] = text.split(":");
  const host =
    address.length === 8
      ? (address.match(/../g) ?? [])
          .reverse()
          .map((byte) => parseInt(byte, 16))
          .join(".")
      : address;
  return `${host}:${parseInt(port, 16)}`;
}

/** What is closed while one looks is not there. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function fromLsof(pids: readonly number[]): string[] {
  const said = execFileSync("lsof", ["-nP", "-a", "-iTCP", "-sTCP:LISTEN", "-Fn", "-p", pids.join(",")], {
    encoding: "utf8",
  });
  return said.split("\n").flatMap((line) => (line.startsWith("n") ? [line.slice(1)] : []));
}
