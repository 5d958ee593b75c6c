/**
 * Arithmetic on runs of floats: every float loop of every stage, as a scalar definition and a vector twin that writes the
 * same bits. Nothing here knows of files, tensors or methods, and nothing outside imports {@code jdk.incubator.vector}.
 */
@NullMarked
package org.weir.simd;

import org.jspecify.annotations.NullMarked;
