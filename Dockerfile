# The lab in a container, set up as anywhere else. Binder (mybinder.org) builds this file too; the user `node` of the image has the id that it asks for, 1000.
#
#   docker build -t dios-lab .
#   docker run --rm -it -p 127.0.0.1:8888:8888 dios-lab                                  # JupyterLab: open the address with the token
#   docker run --rm -it -v dios-out:/out -e DIOS_OUT=/out dios-lab npm start -- --quick   # the figures, into the volume dios-out

# What set-up needs beforehand. The image has Node with its headers, npm, Python 3.11, a C++ compiler and make.
FROM node:22-bookworm AS tools
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends python3-venv \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=node --group=node /home/node/dios-lab /out
USER 1000

FROM tools
WORKDIR /home/node/dios-lab
COPY --chown=node:node . .
RUN npm_config_cache=/tmp/npm PIP_NO_CACHE_DIR=1 node scripts/setup.mjs && rm -rf /tmp/npm
# Binder starts `jupyter` by its name.
ENV PATH=/home/node/dios-lab/.venv/bin:$PATH
EXPOSE 8888
# Inside the container every address; -p above lets only this machine in, and JupyterLab asks for its token.
CMD ["node", "scripts/lab.mjs", "--ip=0.0.0.0", "--no-browser"]
