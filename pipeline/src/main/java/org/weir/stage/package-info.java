/**
 * The steps of arithmetic that a merge is made of, and the recipe that puts them together.
 *
 * <p>Stages only compute: no clock, no log, no file, no thread. They see one {@link org.weir.stage.Strip} at a time, so
 * none of them knows how long a tensor is, how many workers there are, or where a tile ends.
 */
@NullMarked
package org.weir.stage;

import org.jspecify.annotations.NullMarked;
