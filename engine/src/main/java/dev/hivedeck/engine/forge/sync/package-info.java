/**
 * Changes and their pull requests: what is to be done next is decided from both sides without
 * effects, then done, so that doing it again after a crash changes nothing. It never moves main.
 */
@NullMarked
package dev.hivedeck.engine.forge.sync;

import org.jspecify.annotations.NullMarked;
