/** The same task done by several agents: side by side, and the choice of one of them. */
@NullMarked
package dev.hivedeck.engine.alternative;

import org.jspecify.annotations.NullMarked;
