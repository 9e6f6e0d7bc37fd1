import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";

/** With less than that nothing starts: etcd alone lays out files of 64 MB before it writes to them. */
const FULL_BELOW = 16 * 1024 * 1024;

/** Bytes that a user may still write where a path is, or will be. */
export function freeBytes(path: string): number {
  let there = path;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  return bavail * bsize;
}

/** Whether the disk where a path is, or will be, is as good as full. */
export function isDiskFull(path: string): boolean {
  return freeBytes(path) < FULL_BELOW;
}

/** A number of bytes as people read it: 64 MB, 1.2 GB. */
export function inMegabytes(bytes: number): string {
  const megabytes = bytes / 1024 / 1024;
  return megabytes < 1024 ? `${Math.round(megabytes)} MB` : `${(megabytes / 1024).toFixed(1)} GB`;
}
