/** The commands: they parse and print, the work is done below. */
@NullMarked
package org.weir.cli;

import org.jspecify.annotations.NullMarked;
