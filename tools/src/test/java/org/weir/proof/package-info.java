/**
 * Weir's results against what is known of them by other means: merges that mergekit made, networks with a score, a
 * computation in double precision written from the formulas, and laws that hold whatever the numbers are.
 *
 * <p>Everything here reads and writes checkpoints with code of its own and reaches Weir through its command line only, so
 * that a mistake cannot cancel itself out.
 */
@NullMarked
package org.weir.proof;

import org.jspecify.annotations.NullMarked;
