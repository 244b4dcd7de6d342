/** The submodules that are checked out in the user's checkouts of main, and where they are. */
package dev.hivedeck.engine.submodule;
