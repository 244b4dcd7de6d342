/** Changes that stand on each other: how they come about, and how they follow what is below. */
@NullMarked
package dev.hivedeck.engine.stack;

import org.jspecify.annotations.NullMarked;
