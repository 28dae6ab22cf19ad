"""Operations of video models that backends have got wrong before."""
