import * as fc from "fast-check";

/**
 * One seed for all properties of a run, printed, so that any run can be repeated:
 *
 *     FAST_CHECK_SEED=1234 npm run test:unit
 */
const seed = Number(process.env.FAST_CHECK_SEED ?? Date.now() % 2 ** 31);
fc.configureGlobal({ seed });
console.log(`fast-check seed ${seed}`);
