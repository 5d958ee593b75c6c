/** Arithmetic on runs of floats: every loop exists for vectors and for scalars and writes the same bits. */
@NullMarked
package org.weir.simd;

import org.jspecify.annotations.NullMarked;
