import { cacheFolder } from "./cacheFolder";
import { freeBytes, inMegabytes } from "./diskSpace";
import { SandboxError } from "./sandboxError";

/** The error for a disk that is full. @param folder on that disk. */
export function diskFullError(folder: string, during: string, cause?: unknown): SandboxError {
  return new SandboxError(
    `the disk of ${folder} has no room (${inMegabytes(freeBytes(folder))} left): ${during}`,
    "Free some space there (a sandbox takes about 300 MB, the programs another 600 MB), or have another disk used by setting XDG_CACHE_HOME.",
    { cause },
  );
}

/** What a person does when the system has ended a program for want of memory. */
export const MORE_MEMORY =
  "Close something, or give the computer or container more memory: a sandbox takes about 1 GB, building its programs 2 GB.";

/**
 * What went wrong, as an error with a way out: the system's refusals to write are told as what they are. What is no
 * such refusal comes back as it is.
 */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SandboxError) return error;
  const { code = "", path = cacheFolder() } = error as NodeJS.ErrnoException;
  if (FULL.has(code)) return diskFullError(path, error.message, error);
  if (!REFUSED.has(code)) return error;
  return new SandboxError(
    `${path} can't be written: ${error.message}`,
    "Set XDG_CACHE_HOME to a folder in which you may write.",
    { cause: error },
  );
}

const FULL = new Set(["ENOSPC", "EDQUOT"]);
const REFUSED = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR"]);
