/**
 * Newer versions of the program: a document signed by its publisher says what is out, and a package
 * is downloaded and compared with it. Nothing is installed here: that is for the system's
 * installer.
 */
@NullMarked
package dev.hivedeck.engine.upgrade;

import org.jspecify.annotations.NullMarked;
