/** Newer versions of the program, as far as its desktop shows them. */
@NullMarked
package dev.hivedeck.ui.shell.upgrade;

import org.jspecify.annotations.NullMarked;
