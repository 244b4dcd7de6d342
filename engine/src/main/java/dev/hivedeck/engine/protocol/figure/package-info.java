/** Team figures as clients see them; who counts them is {@code engine.figure}. */
@NullMarked
package dev.hivedeck.engine.protocol.figure;

import org.jspecify.annotations.NullMarked;
