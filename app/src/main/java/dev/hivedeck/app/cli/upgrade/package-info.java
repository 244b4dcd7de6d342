/** Newer versions of the program: whether there is one, and its package. */
@NullMarked
package dev.hivedeck.app.cli.upgrade;

import org.jspecify.annotations.NullMarked;
