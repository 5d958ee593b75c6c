/** Benchmarks; each one asserts its result. */
@NullMarked
package org.weir.bench;

import org.jspecify.annotations.NullMarked;
