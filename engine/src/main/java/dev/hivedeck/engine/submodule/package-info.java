/** The submodules that are checked out in the user's checkouts of main, and where they are. */
@NullMarked
package dev.hivedeck.engine.submodule;

import org.jspecify.annotations.NullMarked;
