/** The merge methods, one class each, and their registry. */
@NullMarked
package org.weir.method;

import org.jspecify.annotations.NullMarked;
