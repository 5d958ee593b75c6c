/** Checkpoint files as mapped tensors, and the writing of them. */
@NullMarked
package org.weir.checkpoint;

import org.jspecify.annotations.NullMarked;
