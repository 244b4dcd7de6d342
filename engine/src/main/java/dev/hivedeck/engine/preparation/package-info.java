/**
 * Makes a folder ready to work in: files that git ignores, installed packages, ports, and what a
 * command of the workspace sets up. It never decides what is work.
 */
@NullMarked
package dev.hivedeck.engine.preparation;

import org.jspecify.annotations.NullMarked;
