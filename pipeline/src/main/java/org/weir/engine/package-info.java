/** Runs a plan: workers over tiles, the only callers of stages, and the files beside the weights. */
@NullMarked
package org.weir.engine;

import org.jspecify.annotations.NullMarked;
