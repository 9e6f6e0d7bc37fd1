/**
 * Does something, and tidies up after it, whatever came of it. Where both fail, it is the first failure that is told: the
 * other mostly follows from it, as where somebody may neither create nor delete.
 *
 * @throws what `act` throws; else what `tidy` throws.
 */
export async function tidied<T>(act: () => Promise<T>, tidy: () => Promise<void>): Promise<T> {
  const result = await act().catch(async (error: unknown) => {
    await tidy().catch(() => undefined);
    throw error;
  });
  await tidy();
  return result;
}
