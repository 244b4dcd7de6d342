/**
 * The small interface to where others see changes as pull requests, whatever forge that is, and the
 * words for what it tells. It asks nobody, and writes nothing down.
 */
@NullMarked
package dev.hivedeck.engine.forge;

import org.jspecify.annotations.NullMarked;
