/** The steps of arithmetic on a tile. */
@NullMarked
package org.weir.stage;

import org.jspecify.annotations.NullMarked;
