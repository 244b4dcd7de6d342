/** Pictures, as they were and as they are. */
package dev.hivedeck.ui.control.image;
