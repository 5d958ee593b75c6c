/** Runs a plan: workers over tiles, from mapped inputs to the output's place. */
@NullMarked
package org.weir.engine;

import org.jspecify.annotations.NullMarked;
