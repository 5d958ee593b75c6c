/** What the user wrote becomes a plan of every output tensor and of all memory. */
@NullMarked
package org.weir.plan;

import org.jspecify.annotations.NullMarked;
